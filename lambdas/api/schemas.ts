import { z } from '@hono/zod-openapi';
import { Cost } from '../../core/cost.ts';
import { DEFAULT_HDR, HDR_CHOICES } from '../../core/hdr-choice.ts';
import type { Limits } from '../../core/limits.ts';
import { MetadataDocument } from '../../core/metadata.ts';
import { PROCESS_STATUSES, PROCESS_TYPES } from '../../core/process.ts';
import { DEFAULT_PROFILE, PROFILE_NAMES } from '../../core/profiles/names.ts';
import { EnhancementReport } from '../../core/report.ts';
import { CLIENT_ID, Receipt, SHARINGS } from '../../core/video.ts';
import { Problem } from './problem.ts';

/* What goes over the wire. The same schemas check requests and make `/openapi.json`. */

const EXAMPLE_ID = '5f0c9b7e-8a55-4c1e-9d4b-0c5a7f1f2d11';

export const FileId = z.uuid().openapi({ description: 'Names a video.', example: EXAMPLE_ID });
export const FileIdParam = z.object({ file_id: FileId.openapi({ param: { name: 'file_id', in: 'path' } }) });
export const ClientId = z
  .string()
  .regex(CLIENT_ID, 'must be 1 to 128 characters of A-Za-z0-9_.-')
  .openapi({ description: 'Who uploads, and hears of it.', example: 'my-laptop' });
const Time = z.iso.datetime().openapi({ example: '2026-11-22T18:00:00.000Z' });
const Profile = z.enum(PROFILE_NAMES).openapi({ description: 'How the video is enhanced.' });
const Hdr = z.enum(HDR_CHOICES).openapi({
  description:
    'What becomes of high dynamic range (HDR10, HLG): `sdr` brings it to standard range, which every screen shows; ' +
    '`keep` leaves it as it is, without repairs. Standard range stays what it is.',
});

/** What turns the direction of all text around it: “gpm.exe” would be shown as “exe.mpg”. Marks for one letter may stay. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;

/** A filename is shown and searched, never used as a path: only control characters are refused. */
const Filename = z
  .string()
  .min(1)
  .max(255)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  .regex(/^[^\u0000-\u001f\u007f]+$/, 'must not contain control characters')
  .transform((name) => name.replaceAll(TURNS, '') || 'video')
  .openapi({ example: 'holiday.mp4' });

/**
 * In any case, spelled out: a pattern in the document can carry no flag. Parameters, which recorders in browsers add to
 * say which codecs they used, are taken and left out.
 */
const VideoType = z
  .string()
  .max(200)
  .regex(/^[Vv][Ii][Dd][Ee][Oo]\/[\w.+-]+ *(;[ -~]*)?$/, 'the content type must be video/*')
  .transform((type) => type.split(';')[0]?.trimEnd() ?? type)
  .openapi({ example: 'video/mp4' });

const sizeUpTo = (maxUpload: number) =>
  z.int().min(1, 'the file is empty').max(maxUpload, `at most ${maxUpload} bytes`);

export function uploadRequest(maxUpload: number) {
  return z
    .strictObject({
      filename: Filename,
      size: sizeUpTo(maxUpload).openapi({ example: 1_055_736 }),
      content_type: VideoType,
      client_id: ClientId.optional(),
      profile: Profile.default(DEFAULT_PROFILE),
      hdr: Hdr.default(DEFAULT_HDR),
    })
    .openapi('UploadRequest');
}

/** What is checked of a form upload, once its parts are read. */
export function formUpload(maxUpload: number) {
  return z.strictObject({
    filename: Filename,
    size: sizeUpTo(maxUpload),
    content_type: VideoType,
    client_id: ClientId.optional(),
    profile: Profile.default(DEFAULT_PROFILE),
    hdr: Hdr.default(DEFAULT_HDR),
  });
}

/** The parts of the form, as the documents tell of them. */
export const FormFields = z
  .strictObject({
    file: z.any().openapi({
      type: 'string',
      format: 'binary',
      minLength: 1,
      description: 'The video; its type must be `video/*`.',
    }),
    client_id: ClientId.optional(),
    profile: Profile.optional(),
    hdr: Hdr.optional(),
  })
  .openapi('FormFields', { required: ['file'] });

export const UploadAnswer = z
  .object({
    file_id: FileId,
    status: z.literal('awaiting_upload'),
    expires_at: Time,
    upload: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('single'),
        method: z.literal('PUT'),
        url: z.url(),
        headers: z.record(z.string(), z.string()).openapi({ description: 'Send exactly these.' }),
      }),
      z.object({ kind: z.literal('multipart'), part_size: z.int(), part_count: z.int() }),
    ]),
  })
  .openapi('UploadAnswer');

export const FormAnswer = z
  .object({ file_id: FileId, message: z.literal('Video uploaded successfully') })
  .openapi('FormAnswer');

const PartNumber = z.int().min(1).max(10_000);
export const PartsRequest = z
  .strictObject({ part_numbers: z.array(PartNumber).min(1).max(100) })
  .openapi('PartsRequest');
export const SignedParts = z
  .object({ parts: z.array(z.object({ part_number: PartNumber, url: z.url(), expires_at: Time })) })
  .openapi('SignedParts');
export const UploadedParts = z
  .object({ parts: z.array(z.object({ part_number: PartNumber, size: z.int(), etag: z.string() })) })
  .openapi('UploadedParts');
export const CompleteRequest = z
  .strictObject({
    parts: z
      .array(z.strictObject({ part_number: PartNumber, etag: z.string().min(1).max(100) }))
      .max(10_000)
      .default([]),
  })
  .openapi('CompleteRequest');
export const CompleteAnswer = z
  .object({
    file_id: FileId,
    status: z.enum(['awaiting_upload', 'uploaded', 'processing', 'completed', 'failed', 'cancelled']),
  })
  .openapi('CompleteAnswer');

export const ProcessState = z
  .object({
    status: z.enum(PROCESS_STATUSES),
    progress: z.number().min(0).max(100),
    error: z.string().nullable(),
    last_updated: Time,
  })
  .openapi('ProcessState');

const ProcessRecord = ProcessState.extend({
  error_code: z.string().nullable(),
  failures: z.int().openapi({ description: 'Failures in this attempt.' }),
  claims: z.int().openapi({ description: 'How often a worker took it up.' }),
  started_at: Time.nullable(),
  finished_at: Time.nullable(),
}).openapi('ProcessRecord');

export const VideoRecord = z
  .object({
    file_id: FileId,
    client_id: z.string(),
    filename: z.string(),
    size: z.int(),
    content_type: z.string(),
    profile: Profile,
    hdr: Hdr,
    status: CompleteAnswer.shape.status,
    created_at: Time,
    updated_at: Time,
    seq: z.int(),
    attempt: z.int(),
    upload: z.object({
      kind: z.enum(['single', 'multipart', 'form']),
      status: z.enum(['awaiting', 'complete']),
      expires_at: Time,
    }),
    source: z.object({ size: z.int(), etag: z.string(), checksum: z.string().nullable() }).nullable(),
    processes: z.record(z.enum(PROCESS_TYPES), ProcessRecord),
    analysis: EnhancementReport.nullable().openapi({
      description: 'What was found in the video and what is done about it. Null until it was looked at.',
    }),
    outputs: z.object({
      enhanced: z
        .object({
          path: z.string(),
          size: z.int(),
          etag: z.string(),
          content_type: z.string(),
          encoder: z.string(),
          duration_seconds: z.number(),
        })
        .optional(),
      metadata: z.object({ path: z.string(), size: z.int(), etag: z.string() }).optional(),
      source: z
        .object({
          path: z.string(),
          size: z.int(),
          etag: z.string(),
          content_type: z.string(),
          sharing: z.enum(SHARINGS).openapi({
            description:
              'The upload itself; its pictures as they are in another container; or encoded anew, lighter, since not ' +
              'every browser plays the upload.',
          }),
        })
        .optional(),
      poster: z
        .object({
          path: z.string(),
          size: z.int(),
          etag: z.string(),
          content_type: z.string(),
          width: z.int(),
          height: z.int(),
          webp: z.object({ path: z.string(), size: z.int(), etag: z.string() }).optional(),
        })
        .optional(),
    }),
    receipts: z.partialRecord(z.enum(PROCESS_TYPES), Receipt),
    cost: Cost.openapi({
      description:
        'What all work on it has taken so far, in every attempt, and what that costs by list price, workers as on ' +
        'demand. Without what is paid for whether or not there are videos, storage, and what people do with them.',
    }),
  })
  .openapi('Video');

export const Metadata = MetadataDocument.openapi('Metadata');

export const RetryRequest = z
  .strictObject({
    profile: Profile.optional().openapi({ description: 'Another one than before.' }),
    hdr: Hdr.optional(),
  })
  .openapi('RetryRequest');

export const ListQuery = z.strictObject({
  client_id: ClientId.optional().openapi({ description: 'Whose videos; may be left out by who signed in.' }),
  q: z.string().max(255).optional().openapi({ description: 'Sought in filenames.' }),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(1_000).optional().openapi({ description: 'From the page before.' }),
});
export const VideoList = z.object({ videos: z.array(VideoRecord), cursor: z.string().nullable() }).openapi('VideoList');

export const TicketAnswer = z.object({ ticket: z.string(), expires_at: Time }).openapi('Ticket');

export const PlaybackAnswer = z.object({ expires_at: Time }).openapi('Playback');

export const LimitsAnswer = z
  .object({
    upload_bytes: z.int().openapi({ description: 'Of a file that goes by presigned URLs.', example: 21_474_836_480 }),
    form_bytes: z.int().openapi({ description: 'Of a form, all of it.', example: 4_669_440 }),
    duration_seconds: z.number().openapi({ example: 43_200 }),
    pixels: z.int().openapi({ description: 'Of one picture, its width times its height.', example: 35_389_440 }),
    frame_rate: z.number().openapi({ description: 'Pictures a second, on average.', example: 300 }),
  } satisfies Record<keyof Limits, z.ZodType>)
  .openapi('Limits', {
    description: 'The first two are checked before a byte moves, the rest by the header, once the file is here.',
  });

export const HealthAnswer = z
  .object({
    status: z.enum(['ok', 'degraded']),
    version: z.string(),
    dependencies: z.record(z.string(), z.enum(['up', 'down', 'idle'])),
  })
  .openapi('Health');

/** Answers that a route can give beside its own. */
export function problems<Status extends number>(...statuses: Status[]) {
  const answer = {
    description: 'What is wrong, and what to do',
    content: { 'application/problem+json': { schema: Problem } },
  };
  return Object.fromEntries(statuses.map((status) => [status, answer])) as Record<Status, typeof answer>;
}

/** `examples`: real answers, by what they are of. */
export function json<Schema extends z.ZodType>(
  description: string,
  schema: Schema,
  examples?: Record<string, unknown>,
) {
  const named = Object.entries(examples ?? {}).map(([name, value]) => [name, { value }]);
  return {
    description,
    content: { 'application/json': { schema, ...(examples && { examples: Object.fromEntries(named) }) } },
  };
}
