import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameOf } from './frame.ts';

describe('frameOf', () => {
  it('is the message itself where it fits', () => {
    const message = { type: 'message', content: 'Ünïcode 🎬' };
    expect(JSON.parse(frameOf(message))).toEqual(message);
  });

  it('keeps every frame under 32 KB, whatever is in it, and only shortens its longest text', () => {
    const unit = fc.constantFrom('a', '"', '\u0000', 'ü', '語', '🎬', '\ud83c');
    fc.assert(
      fc.property(unit, fc.nat(60_000), fc.string({ maxLength: 50 }), (character, length, id) => {
        const message = { type: 'message', id, content: character.repeat(length), seq: 7 };
        const frame = frameOf(message);
        expect(Buffer.byteLength(frame)).toBeLessThan(32 * 1024);
        const heard = JSON.parse(frame) as typeof message;
        expect({ ...heard, content: '' }).toEqual({ ...message, content: '' });
        if (heard.content !== message.content) {
          expect(heard.content.endsWith('…')).toBe(true);
          // As much as fits, not as little as is safe (half a character becomes a whole one, which is shorter in JSON).
          if (character.isWellFormed()) expect(Buffer.byteLength(frame)).toBeGreaterThan(31 * 1024);
        }
      }),
    );
  });
});
