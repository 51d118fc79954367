/** A synchronous Lambda invocation carries this much, the event's JSON around the body included. */
const LAMBDA_PAYLOAD = 6 * 1024 * 1024;
/** Kept for that JSON: the gateway passes at most 10 KiB of request line and headers, some of it twice and escaped. */
const EVENT_RESERVE = 64 * 1024;

/**
 * Bytes of body that a form upload can have: API Gateway hands binary bodies to Lambda in base64, four characters for
 * three bytes. Larger videos go straight to S3. The edge refuses by `Content-Length`, the API by what arrived.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const FORM_UPLOAD_LIMIT = ((LAMBDA_PAYLOAD - EVENT_RESERVE) / 4) * 3;

/** What may be sent, as `GET /limits` tells it. The first two are checked before a byte moves, the rest by the header. */
export interface Limits {
  /** Of a file that goes by presigned URLs. */
  upload_bytes: number;
  /** Of a form, all of it. */
  form_bytes: number;
  duration_seconds: number;
  /** Of one picture, its width times its height. */
  pixels: number;
  /** Pictures a second, on average. */
  frame_rate: number;
}
