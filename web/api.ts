import { createClient } from '../client/browser.ts';
import { clientIdIn, isNewcomerTo } from './identity.ts';
import { storage } from './storage.ts';

export const isNewcomer = isNewcomerTo(storage);

export const client = createClient({ baseUrl: location.origin, clientId: clientIdIn(storage) });
