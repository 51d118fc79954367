import { z } from 'zod';

/**
 * Whose a video is: the subject of the token it came with (`sub`, at most 255 characters: OpenID Connect Core 1.0, 2);
 * null where nobody signs in.
 */
export const Owner = z.string().min(1).max(255).nullable();
export type Owner = z.infer<typeof Owner>;

/** Who sends and listens. Names of clients are their owner's to choose: another's client of the same name is another. */
export interface ClientRef {
  owner: Owner;
  client_id: string;
}

/** Videos that belong together: a client's, or all of an owner's. */
export type Shelf = ClientRef | { owner: string; client_id?: undefined };

export function isOn({ owner, client_id }: ClientRef, shelf: Shelf): boolean {
  return owner === shelf.owner && (shelf.client_id === undefined || client_id === shelf.client_id);
}
