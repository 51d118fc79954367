import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readRow, rowFromImage } from './row.ts';

describe('rowFromImage', () => {
  it('reads every type that our rows are made of', () => {
    const image = {
      text: { S: '' },
      number: { N: '-1.5e3' },
      yes: { BOOL: true },
      no: { BOOL: false },
      nothing: { NULL: true },
      list: { L: [{ S: 'a' }, { N: '0' }, { L: [] }] },
      map: { M: { inner: { M: {} } } },
    };
    expect(rowFromImage(image)).toEqual({
      text: '',
      number: -1500,
      yes: true,
      no: false,
      nothing: null,
      list: ['a', 0, []],
      map: { inner: {} },
    });
  });

  it('refuses others instead of guessing', () => {
    const binary = { B: Uint8Array.of(1) };
    expect(() => rowFromImage({ outer: { M: { picture: binary as object } } })).toThrow(
      expect.objectContaining({ code: 'invalid_row', message: expect.stringContaining('picture') }),
    );
  });
});

describe('readRow', () => {
  const schema = z.object({ secret: z.object({ size: z.number() }) });

  it('gives what the schema gives', () => {
    expect(readRow(schema, { pk: 'A', sk: 'B', secret: { size: 1 } })).toEqual({ secret: { size: 1 } });
  });

  it('names the row and the attribute at fault, and not its value', () => {
    const reading = () => readRow(schema, { pk: 'A', sk: 'B', secret: { size: 'hush' } });
    expect(reading).toThrow(expect.objectContaining({ code: 'invalid_row', retryable: false }));
    expect(reading).toThrow(/A B .*secret\.size/);
    expect(reading).not.toThrow(/hush/);
  });
});
