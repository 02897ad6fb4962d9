/**
 * The candidate that was probably meant, or undefined if none is close: at most one edit per three characters, letter
 * case ignored, and a swap of neighbours counts as one edit.
 */
export const nearest = (word: string, candidates: Iterable<string>): string | undefined => {
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.min(3, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) >= bestDistance) continue;
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
};

/** Three rows of the table are enough, and the same ones each time: a name that is being typed is compared with hundreds of others. */
const ROWS: readonly [number[], number[], number[]] = [[], [], []];

/**
 * Edits between two words; any number of at least `limit` once it is reached. Cells of the table that lie further than that from its
 * diagonal cannot be on the way.
 */
const editDistance = (a: string, b: string, limit: number): number => {
  let [beforeLast, last, row] = ROWS;
  for (let j = 0; j <= Math.min(b.length, limit); j++) last[j] = j;
  last[Math.min(b.length, limit) + 1] = limit;
  for (let i = 1; i <= a.length; i++) {
    const from = Math.max(1, i - limit);
    const to = Math.min(b.length, i + limit);
    row[from - 1] = from === 1 ? i : limit;
    let least = limit;
    for (let j = from; j <= to; j++) {
      const replaced = (last[j - 1] ?? limit) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min((last[j] ?? limit) + 1, (row[j - 1] ?? limit) + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (beforeLast[j - 2] ?? limit) + 1);
      row[j] = cost;
      if (cost < least) least = cost;
    }
    row[to + 1] = limit;
    if (least >= limit) return limit;
    [beforeLast, last, row] = [last, row, beforeLast];
  }
  return last[b.length] ?? limit;
};
