import { connect, credentials } from 'amqplib';
import type { BrokerAddress } from './broker-address.ts';

/** Whether the broker takes our user. */
export async function logsIn({ url, username, password }: BrokerAddress): Promise<boolean> {
  const connection = await connect(url, { credentials: credentials.plain(username, password), timeout: 2_000 });
  await connection.close();
  return true;
}
