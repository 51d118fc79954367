import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { notices } from './notices.ts';
import { shippedPackages } from './shipped.ts';

/* `npm run notices` */

await writeFile(
  join(resolve(import.meta.dirname, '..', '..'), 'THIRD_PARTY_NOTICES.md'),
  notices(await shippedPackages()),
);
console.log('THIRD_PARTY_NOTICES.md');
