import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda';
import { arrivals, buckets, fileAccess, functionLog, now, table, tickets } from '../../adapters/from-environment.ts';
import { throughEdge } from '../through-edge.ts';
import { createApp } from './app.ts';
import { settingsFromEnvironment } from './settings.ts';

/** HTTP APIs speak version 2. */
type HttpApiEvent = Extract<LambdaEvent, { routeKey: string }>;

const answer = handle(
  createApp(
    {
      ...table(),
      ...buckets(),
      tickets: tickets(),
      arrivals: arrivals(),
      access: fileAccess(),
      now,
      log: functionLog(),
    },
    settingsFromEnvironment(),
  ),
);

/** API Gateway's event in, the app's answer out. */
export const handler = throughEdge((event: HttpApiEvent, context: LambdaContext) => answer(event, context));
