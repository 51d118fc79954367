import { parseArgs } from 'node:util';
import { ReelightError } from '../../core/errors.ts';
import { pricesIn } from '../../core/prices/prices.ts';
import settings from '../../reelight.config.ts';
import { readConfig } from '../config.ts';
import { billFor } from './bill.ts';
import { readMeasured } from './measured.ts';
import { CostUsageError, OPTIONS, readOptions, USAGE } from './options.ts';
import { printed } from './print.ts';

/* `npm run cost -- --minutes-per-month N`: what a month of so much video costs, line by line. */

try {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) {
    console.log(USAGE);
  } else {
    const { preset, region, json, load } = readOptions(values);
    const config = readConfig({ preset, ...(region && { region }) }, settings);
    if (config.target !== 'aws') throw new CostUsageError('Only a deployment to AWS costs something.');
    const prices = pricesIn(config.region);
    const measured = readMeasured();
    const bill = billFor(config, load, measured, prices);
    const title = {
      ...load,
      ...{ preset, region: config.region, pricesAsOf: prices.asOf, measuredAt: measured.measured_at },
    };
    console.log(json ? JSON.stringify({ ...title, ...bill }, null, 2) : printed(bill, title));
  }
} catch (error) {
  const ours = error instanceof ReelightError || (error instanceof TypeError && 'code' in error);
  if (!ours) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
