/** Milliseconds between attempts while the server is away. Who hears that the network is back does not wait for them. */
export const AWAY_MS = 5_000;
