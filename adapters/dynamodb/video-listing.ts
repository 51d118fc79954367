import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { belongsInSnapshot } from '../../core/notices.ts';
import type { VideoStore } from '../../core/ports/video-store.ts';
import type { Video } from '../../core/video.ts';
import { cursorAt, pageSize, positionOf, searchable } from '../../core/video-list.ts';
import { clientPk, POINTER_PREFIX, videoKey } from './keys.ts';
import { rowsAt, rowsBelow } from './reading.ts';
import { readPointer, videoFromRow } from './video-rows.ts';

/** The reading side of {@link VideoStore} by client: first the pointers, then the records they point to. */
export function videoListing(client: DynamoDBDocumentClient, table: string): Pick<VideoStore, 'list' | 'recent'> {
  return {
    async list(clientId, { query, limit, cursor }) {
      const size = pageSize(limit);
      const pk = clientPk(clientId);
      const filter = query
        ? {
            FilterExpression: 'contains(filename_lower, :query)',
            ExpressionAttributeValues: { ':query': searchable(query) },
          }
        : // One more than the page holds: whether there is another page.
          { Limit: size + 1 };
      const from = cursor === undefined ? {} : { ExclusiveStartKey: { pk, sk: POINTER_PREFIX + positionOf(cursor) } };
      const found: Pointer[] = [];
      for await (const pointer of pointers(pk, { ...filter, ...from })) {
        if (found.push(pointer) > size) break;
      }
      const page = found.slice(0, size);
      const last = found.length > size ? page.at(-1) : undefined;
      return { videos: await records(page), cursor: last ? cursorAt(last.position) : null };
    },

    async recent(clientId, since) {
      const found = pointers(clientPk(clientId), {
        FilterExpression: 'attribute_not_exists(settled_at) OR settled_at >= :since',
        ExpressionAttributeValues: { ':since': since.toISOString() },
      });
      const all: Pointer[] = [];
      for await (const pointer of found) all.push(pointer);
      const videos = await records(all);
      // A record may have settled between the two reads.
      return videos.filter((video) => belongsInSnapshot(video, since));
    },
  };

  /** A client's pointers, newest first. */
  async function* pointers(pk: string, query: Parameters<typeof rowsBelow>[3]): AsyncGenerator<Pointer> {
    const newestFirst = { ...query, ScanIndexForward: false, ProjectionExpression: 'pk, sk, file_id' };
    for await (const row of rowsBelow(client, table, { pk, prefix: POINTER_PREFIX }, newestFirst)) {
      yield readPointer(row);
    }
  }

  /** The records behind pointers, in their order, without those that were removed in between. */
  async function records(pointers: Pointer[]): Promise<Video[]> {
    const rows = await rowsAt(
      client,
      table,
      pointers.map(({ fileId }) => videoKey(fileId)),
    );
    const videos = new Map(rows.map(videoFromRow).map((video) => [video.file_id, video]));
    return pointers.flatMap(({ fileId }) => videos.get(fileId) ?? []);
  }
}

type Pointer = ReturnType<typeof readPointer>;
