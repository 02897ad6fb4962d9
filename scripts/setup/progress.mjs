// What set-up shows: one line when a step is there already; a heartbeat while it works, so that minutes do not look like a hang.
const HEARTBEAT_MS = 15_000;
const WIDTH = 100;

/** @param {string} line */
export const say = (line) => console.log(`set-up: ${line}`);

/**
 * Runs a step that takes long and shows that it lives.
 *
 * @template T
 * @param {string} title what is being done
 * @param {(onLine: (line: string) => void) => Promise<T>} work gets a function to report its latest output line
 * @returns {Promise<T>}
 */
export const working = async (title, work) => {
  const began = Date.now();
  let latest = '';
  say(`${title} …`);
  const timer = setInterval(() => {
    const tail = latest ? `: ${latest.slice(0, WIDTH)}` : '';
    say(`  still at it after ${elapsed(began)}${tail}`);
  }, HEARTBEAT_MS);
  try {
    const result = await work((line) => {
      latest = line.trim();
    });
    say(`${title}: done in ${elapsed(began)}`);
    return result;
  } finally {
    clearInterval(timer);
  }
};

const elapsed = (began) => {
  const seconds = Math.round((Date.now() - began) / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};
