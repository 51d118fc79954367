import type { RequestError } from '../../core/errors.ts';
import { endOfHour, spenderOf, tooManyUploads, tooManyVideos, type UseLimits } from '../../core/use-limits.ts';
import { isInFlight, type Video } from '../../core/video.ts';
import type { Write } from './contention.ts';
import { epochAfter, inFlightKey, type Key, TTL_ATTRIBUTE, usesKey } from './keys.ts';

/**
 * What is counted of use: in the very transaction that writes the record, so that nothing is counted twice or in vain,
 * and on the condition that there was still room.
 *
 * @param limits undefined for whoever only moves on what was begun
 */
export function useCounts(table: string, limits: UseLimits | undefined, now: () => Date) {
  /** What has to be written along with the record when it becomes another, or comes or goes. */
  return (from: Video | undefined, to: Video | undefined): Write[] => [
    ...(to && to.attempt !== from?.attempt ? [oneMoreUpload(to)] : []),
    ...inFlight(Number(to !== undefined && isInFlight(to)) - Number(from !== undefined && isInFlight(from))),
  ];

  function oneMoreUpload(video: Video): Write {
    const time = now();
    const counted = count(usesKey(spenderOf(video), time), 1, limits?.uploadsPerHour);
    // A row for each hour: it is of no use after that.
    counted.UpdateExpression = `${counted.UpdateExpression} SET ${TTL_ATTRIBUTE} = :end`;
    counted.ExpressionAttributeValues[':end'] = epochAfter(endOfHour(time), 0);
    return { item: { Update: counted }, ...(limits && { refused: () => tooManyUploads(limits, time) }) };
  }

  function inFlight(by: number): Write[] {
    if (by === 0) return [];
    // What ends is let go, however many there are.
    const counted = count(inFlightKey, by, by > 0 ? limits?.videosInFlight : undefined);
    return [{ item: { Update: counted }, ...(by > 0 && limits && { refused: tooManyVideos }) }];
  }

  function count(Key: Key, by: number, most: number | undefined) {
    const values: Record<string, number> = { ':by': by, ...(most !== undefined && { ':most': most }) };
    return {
      TableName: table,
      Key,
      UpdateExpression: 'ADD used :by',
      ExpressionAttributeValues: values,
      ...(most !== undefined && { ConditionExpression: 'attribute_not_exists(used) OR used < :most' }),
    };
  }
}

/** The refusal, where want of room is all that kept the writes from happening: else something else is to be looked at first. */
export function refusalAmong(
  writes: readonly Write[],
  failed: (position: number) => boolean,
): RequestError | undefined {
  const lost = writes.filter((_, position) => failed(position));
  return lost.every(({ refused }) => refused) ? lost[0]?.refused?.() : undefined;
}
