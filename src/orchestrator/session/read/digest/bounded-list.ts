/** More than anybody reads, and no more than memory bears. */
const MOST = 20_000;

/** A list that stops growing; what comes after is counted. */
export interface BoundedList<Item> {
  readonly add: (item: Item) => void;
  readonly all: () => readonly Item[];
  /** How many items were left out. */
  readonly lost: () => number;
}

export function createBoundedList<Item>(most = MOST): BoundedList<Item> {
  const items: Item[] = [];
  let lost = 0;
  return {
    add: (item) => {
      if (items.length < most) items.push(item);
      else lost += 1;
    },
    all: () => items,
    lost: () => lost,
  };
}
