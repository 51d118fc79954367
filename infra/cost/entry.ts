import type { Priced } from '../../core/prices/prices.ts';

/** Something on the bill that is to be priced: by the table, or by so many dollars a unit. */
export interface Entry {
  service: string;
  what: string;
  quantity: number;
  unit: string;
  price: Priced | number;
}

/** Writes entries of one service. */
export const entriesOf =
  (service: string) =>
  (what: string, quantity: number, unit: string, price: Entry['price']): Entry => ({
    ...{ service, what, quantity, unit, price },
  });
