import { z } from 'zod';
import { PROCESS_STATUSES } from '../../../core/process.ts';
import { isEnd } from '../checker/sightings.ts';
import type { Fault } from '../fault.ts';
import { untilDone } from './waiting.ts';

const Update = z.object({ type: z.literal('status_update'), file_id: z.string(), status: z.enum(PROCESS_STATUSES) });

/** What happens on the way to clients. */
export const SOCKET_FAULTS: readonly Fault[] = [
  {
    /** The service has sent it; the client never gets it. */
    name: 'WebSocket dropped at the terminal event',
    strike: ({ rig, signal, fired }) =>
      untilDone(signal, (done) =>
        rig.emulatorFront.listen((clientId, text) => {
          const update = Update.safeParse(JSON.parse(text));
          if (!update.success || !isEnd(update.data.status)) return undefined;
          fired(`${clientId}, ${update.data.status}`);
          done();
          return 'cut';
        }),
      ),
  },
];
