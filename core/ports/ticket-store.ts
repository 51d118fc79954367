/** What lets somebody who signed in open one WebSocket: a browser cannot send a token with it but in the address. */
export interface TicketStore {
  add(ticket: Ticket): Promise<void>;
  /** Takes it away: of any number of calls one gets it. Undefined when it was taken, has expired, or never was. */
  take(digest: string): Promise<Ticket | undefined>;
}

export interface Ticket {
  /** SHA-256 of what the client holds, in hex: who can read the store cannot connect. */
  digest: string;
  owner: string;
  expires_at: string;
}
