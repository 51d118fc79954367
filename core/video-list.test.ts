import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorAt, pageSize, position, positionOf, searchable } from './video-list.ts';

describe('cursors', () => {
  it('come back as the position they were made from', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('9999-01-01'), noInvalidDate: true }),
        fc.uuid(),
        (at, id) => {
          const here = position({ created_at: at.toISOString(), file_id: id });
          expect(positionOf(cursorAt(here))).toBe(here);
        },
      ),
    );
  });

  it('are refused when they are anything else', () => {
    const id = '0190c2f1-6b1e-7c3a-8d2e-000000000001';
    const forged = [
      '',
      '%%%',
      'VklERU8',
      cursorAt('x'),
      cursorAt(`2026-01-01T00:00:00.000Z#${id}#more`),
      cursorAt(`2026-01-01T00:00:00.000Z#not-a-uuid`),
      cursorAt(`later#${id}`),
      `${cursorAt(`2026-01-01T00:00:00.000Z#${id}`)}=`,
    ];
    for (const cursor of forged) {
      expect(() => positionOf(cursor), cursor).toThrow(expect.objectContaining({ code: 'bad_cursor', status: 400 }));
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => positionOf(text)).toThrow(expect.objectContaining({ field: 'cursor' }));
      }),
    );
  });
});

it('bounds a page', () => {
  expect([0, -5, Number.NaN, 1, 7.9, 100, 101, Infinity].map(pageSize)).toEqual([1, 1, 1, 1, 7, 100, 100, 100]);
});

it('searches without case and in one form of accents', () => {
  expect(searchable('CAFÉ.mp4')).toBe(searchable('cafe\u0301.MP4'));
});
