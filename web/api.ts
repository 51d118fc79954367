import { createClient } from '../client/index.ts';
import { clientIdIn, isNewcomerTo } from './identity.ts';
import { sendByXhr } from './send-by-xhr.ts';
import { storage } from './storage.ts';

export const isNewcomer = isNewcomerTo(storage);

export const client = createClient({
  baseUrl: location.origin,
  clientId: clientIdIn(storage),
  send: sendByXhr,
});
