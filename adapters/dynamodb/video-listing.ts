import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Log } from '../../core/log.ts';
import { belongsInSnapshot } from '../../core/notices.ts';
import type { Shelf } from '../../core/owner.ts';
import type { VideoStore } from '../../core/ports/video-store.ts';
import type { Video } from '../../core/video.ts';
import { cursorAt, pageSize, positionOf, searchable } from '../../core/video-list.ts';
import { POINTER_PREFIX, shelfPk, videoKey } from './keys.ts';
import { rowsAt, rowsBelow } from './reading.ts';
import { readPointer, videoFromRow } from './video-rows.ts';

/** The reading side of {@link VideoStore} by shelf: first the pointers, then the records they point to. */
export function videoListing(
  client: DynamoDBDocumentClient,
  table: string,
  log: Log,
): Pick<VideoStore, 'list' | 'recent'> {
  return {
    async list(shelf, { query, limit, cursor }) {
      const size = pageSize(limit);
      const pk = shelfPk(shelf);
      const where = [...ofClient(shelf), ...(query ? [named(query)] : [])];
      // Where all are wanted, one more than the page holds: whether there is another page.
      const filter = where.length > 0 ? filtered(where) : { Limit: size + 1 };
      const from = cursor === undefined ? {} : { ExclusiveStartKey: { pk, sk: POINTER_PREFIX + positionOf(cursor) } };
      const found: Pointer[] = [];
      for await (const pointer of pointers(pk, { ...filter, ...from })) {
        if (found.push(pointer) > size) break;
      }
      const page = found.slice(0, size);
      const last = found.length > size ? page.at(-1) : undefined;
      return { videos: await records(page), cursor: last ? cursorAt(last.position) : null };
    },

    async recent(shelf, since) {
      const found = pointers(shelfPk(shelf), filtered([...ofClient(shelf), inFlightOrSince(since)]));
      const all: Pointer[] = [];
      for await (const pointer of found) all.push(pointer);
      const videos = await records(all);
      // A record may have settled between the two reads.
      return videos.filter((video) => belongsInSnapshot(video, since));
    },
  };

  /** Pointers of one partition, newest first. */
  async function* pointers(pk: string, query: Parameters<typeof rowsBelow>[3]): AsyncGenerator<Pointer> {
    const newestFirst = { ...query, ScanIndexForward: false, ProjectionExpression: 'pk, sk, file_id' };
    for await (const row of rowsBelow(client, table, { pk, prefix: POINTER_PREFIX }, newestFirst)) {
      yield readPointer(row);
    }
  }

  /**
   * The records behind pointers, in their order, without those that were removed in between. One that nobody can read is
   * left out, and logged: whoever has it still sees all the others.
   */
  async function records(pointers: Pointer[]): Promise<Video[]> {
    const rows = await rowsAt(
      client,
      table,
      pointers.map(({ fileId }) => videoKey(fileId)),
    );
    const videos = new Map(rows.flatMap(readable).map((video) => [video.file_id, video]));
    return pointers.flatMap(({ fileId }) => videos.get(fileId) ?? []);
  }

  function readable(row: Record<string, unknown>): Video[] {
    try {
      return [videoFromRow(row)];
    } catch (error) {
      log.error('a video could not be listed', error);
      return [];
    }
  }
}

type Pointer = ReturnType<typeof readPointer>;

interface Condition {
  expression: string;
  values: Record<string, string>;
}

/** An owner's partition holds the videos of all their clients. */
function ofClient({ owner, client_id }: Shelf): Condition[] {
  if (owner === null || client_id === undefined) return [];
  return [{ expression: 'client_id = :client_id', values: { ':client_id': client_id } }];
}

const named = (query: string): Condition => ({
  expression: 'contains(filename_lower, :query)',
  values: { ':query': searchable(query) },
});

const inFlightOrSince = (since: Date): Condition => ({
  expression: '(attribute_not_exists(settled_at) OR settled_at >= :since)',
  values: { ':since': since.toISOString() },
});

function filtered(conditions: Condition[]) {
  return {
    FilterExpression: conditions.map(({ expression }) => expression).join(' AND '),
    ExpressionAttributeValues: Object.assign({}, ...conditions.map(({ values }) => values)) as Record<string, string>,
  };
}
