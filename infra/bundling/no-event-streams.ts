/*
 * Stands in for the SDK's event streams in bundled functions. Of what they call nothing streams events (S3 Select
 * would), but every client carries the codec.
 */

/** As the client's constructor calls it: leaves the client without a codec. */
export function resolveEventStreamSerdeConfig<Config>(config: Config): Config {
  return config;
}

export function eventStreamSerdeProvider(): never {
  throw new Error('Functions are bundled without event streams: see infra/bundling/leaner.ts.');
}

/** Made when an operation that streams events is called. */
export class EventStreamSerde {
  constructor() {
    eventStreamSerdeProvider();
  }
}
