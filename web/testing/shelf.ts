/** A storage as a browser's: names are its own properties. */
export function shelf(full = false): Storage {
  const made = Object.create({
    getItem: (name: string) => Reflect.get(made, name) ?? null,
    setItem: (name: string, value: string) => {
      if (full) throw new Error('QuotaExceededError');
      Reflect.set(made, name, value);
    },
    removeItem: (name: string) => void Reflect.deleteProperty(made, name),
  });
  return made;
}
