const TEXT = 1;

/**
 * Follows what a WebSocket server sends, frame by frame, and passes each on unless it is a text that is refused: then
 * nothing more goes on. Server frames are not masked; ours are short and whole. RFC 6455, 5.2.
 *
 * @param onText answers whether a text may go on
 */
export function textFrames(onText: (text: string) => boolean, pass: (bytes: Buffer) => void, cut: () => void) {
  let bytes = Buffer.alloc(0);
  let over = false;
  return (chunk: Buffer): void => {
    if (over) return;
    bytes = Buffer.concat([bytes, chunk]);
    for (let frame = frameAt(bytes); frame; frame = frameAt(bytes)) {
      const { opcode, from, to } = frame;
      if (opcode === TEXT && !onText(bytes.toString('utf8', from, to))) {
        over = true;
        cut();
        return;
      }
      pass(bytes.subarray(0, to));
      bytes = bytes.subarray(to);
    }
  };
}

function frameAt(bytes: Buffer): { opcode: number; from: number; to: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  const from = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < from) return undefined;
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  return bytes.length < from + length ? undefined : { opcode: bytes.readUInt8(0) & 0x0f, from, to: from + length };
}
