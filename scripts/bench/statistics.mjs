/** The middle of some figures. */
export const median = (figures) => {
  const sorted = figures.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** How far the figures lie apart, as a part of their median. */
export const spread = (figures) => (Math.max(...figures) - Math.min(...figures)) / median(figures);
