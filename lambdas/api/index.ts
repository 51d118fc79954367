import { handle } from 'hono/aws-lambda';
import { arrivals, buckets, functionLog, now, table } from '../../adapters/from-environment.ts';
import { createApp } from './app.ts';
import { settingsFromEnvironment } from './settings.ts';

/** API Gateway's event in, the app's answer out. */
export const handler = handle(
  createApp({ ...table(), ...buckets(), arrivals: arrivals(), now, log: functionLog() }, settingsFromEnvironment()),
);
