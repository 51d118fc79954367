/**
 * As much of AMQP 0-9-1 on the wire as it takes to stand between a client and its broker.
 * https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf, 2.3.5 and 4.2
 */
export interface Frame {
  type: number;
  channel: number;
  payload: Buffer;
}

export const METHOD = 1;
const HEADER = 2;
const BODY = 3;
const END = 0xce;
const OVERHEAD = 8;
/** What a client says before its first frame: `AMQP 0 0 9 1`. */
export const GREETING_BYTES = 8;

/** The methods that are looked at, as class and method. */
export const METHODS = {
  startOk: [10, 11],
  openChannel: [20, 10],
  closeChannel: [20, 40],
  publish: [60, 40],
  consumeOk: [60, 21],
  cancel: [60, 30],
  deliver: [60, 60],
  ack: [60, 80],
} as const;

export function isMethod({ type, payload }: Frame, name: keyof typeof METHODS): boolean {
  const [classId, methodId] = METHODS[name];
  return type === METHOD && payload.readUInt16BE(0) === classId && payload.readUInt16BE(2) === methodId;
}

/** The bytes of a method frame. */
export function method(channel: number, name: keyof typeof METHODS, args: Buffer): Buffer {
  const payload = Buffer.alloc(4 + args.length);
  const [classId, methodId] = METHODS[name];
  payload.writeUInt16BE(classId, 0);
  payload.writeUInt16BE(methodId, 2);
  args.copy(payload, 4);
  return encode({ type: METHOD, channel, payload });
}

export function encode({ type, channel, payload }: Frame): Buffer {
  const bytes = Buffer.alloc(payload.length + OVERHEAD);
  bytes.writeUInt8(type, 0);
  bytes.writeUInt16BE(channel, 1);
  bytes.writeUInt32BE(payload.length, 3);
  payload.copy(bytes, 7);
  bytes.writeUInt8(END, bytes.length - 1);
  return bytes;
}

/** Cuts a stream of bytes into frames; what came before the first one is passed on as it is. */
export function frames(skip: number, greeting: (bytes: Buffer) => void, each: (frame: Frame) => void) {
  let left = skip;
  let bytes = Buffer.alloc(0);
  return (chunk: Buffer) => {
    const first = chunk.subarray(0, left);
    left -= first.length;
    if (first.length > 0) greeting(first);
    bytes = Buffer.concat([bytes, chunk.subarray(first.length)]);
    while (bytes.length >= OVERHEAD) {
      const length = bytes.readUInt32BE(3) + OVERHEAD;
      if (bytes.length < length) return;
      each({ type: bytes.readUInt8(0), channel: bytes.readUInt16BE(1), payload: bytes.subarray(7, length - 1) });
      bytes = bytes.subarray(length);
    }
  };
}

/** Text of up to 255 bytes, with its length before it. */
export function shortText(text: string): Buffer {
  return Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)]);
}

/** @returns the text, and where what follows it begins */
export function readShortText(bytes: Buffer, at: number): { text: string; end: number } {
  const end = at + 1 + bytes.readUInt8(at);
  return { text: bytes.toString('utf8', at + 1, end), end };
}

/** How a client calls its connection: a long text in its properties, after the name of the field. */
export function connectionName({ payload }: Frame): string | undefined {
  const field = Buffer.concat([shortText('connection_name'), Buffer.from('S')]);
  const at = payload.indexOf(field);
  if (at < 0) return undefined;
  const from = at + field.length + 4;
  return payload.toString('utf8', from, from + payload.readUInt32BE(from - 4));
}

/** Gathers the frames of one message: the method, the header with the size, and the body. */
export function messages(whole: (frames: Frame[]) => void) {
  const open = new Map<number, { frames: Frame[]; left: number | undefined }>();
  return (frame: Frame) => {
    const { type, channel, payload } = frame;
    if (isMethod(frame, 'publish')) return void open.set(channel, { frames: [frame], left: undefined });
    const message = open.get(channel);
    if (!message || (type !== HEADER && type !== BODY)) return;
    message.frames.push(frame);
    message.left = type === HEADER ? Number(payload.readBigUInt64BE(4)) : (message.left ?? 0) - payload.length;
    if (message.left > 0) return;
    open.delete(channel);
    whole(message.frames);
  };
}
