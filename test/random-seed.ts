import fc from 'fast-check';

/**
 * Property tests draw the same values in every run, so that a red run is the change's doing and not chance's.
 * `PROPERTY_SEED=$RANDOM npm run check` goes looking for more.
 */
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 440) });
