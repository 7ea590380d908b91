import type { Reporter } from 'knip';

/** Says how many files knip read, so that a configuration which finds none cannot pass for clean code. */
const reporter: Reporter = ({ counters }) => console.log(`knip read ${counters.processed} files`);

export default reporter;
