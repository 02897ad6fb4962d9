/**
 * A small set of rows in which every level of every factor meets every level of every other one.
 *
 * Greedy: each row begins with a pair that no row has yet, and gives each other factor the level that adds the most new
 * pairs. Level numbers count from 0; `levels[i]` is how many the factor `i` has.
 */
export const allPairs = (levels: readonly number[]): number[][] => {
  const key = (left: number, a: number, right: number, b: number) => `${left}:${a}/${right}:${b}`;
  const missing = new Map<string, readonly [number, number, number, number]>();
  for (let left = 0; left < levels.length; left++)
    for (let right = left + 1; right < levels.length; right++)
      for (let a = 0; a < (levels[left] ?? 0); a++)
        for (let b = 0; b < (levels[right] ?? 0); b++)
          missing.set(key(left, a, right, b), [left, a, right, b]);

  const isMissing = (i: number, a: number, j: number, b: number) =>
    missing.has(i < j ? key(i, a, j, b) : key(j, b, i, a));
  const gain = (row: readonly number[], factor: number, level: number) =>
    row.filter((chosen, other) => chosen >= 0 && other !== factor && isMissing(factor, level, other, chosen))
      .length;

  const rows: number[][] = [];
  while (missing.size > 0) {
    const [first] = missing.values();
    if (!first) break;
    const row = levels.map(() => -1);
    row[first[0]] = first[1];
    row[first[2]] = first[3];
    for (const [factor, count] of levels.entries()) {
      if (row[factor] !== -1) continue;
      const gains = Array.from({ length: count }, (_, level) => gain(row, factor, level));
      row[factor] = gains.indexOf(Math.max(...gains));
    }
    for (let i = 0; i < row.length; i++)
      for (let j = i + 1; j < row.length; j++) missing.delete(key(i, row[i] ?? 0, j, row[j] ?? 0));
    rows.push(row);
  }
  return rows;
};
