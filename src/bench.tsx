import { mountBench } from './ui/bench/mountBench';

const root = document.getElementById('root');
if (root === null) throw new Error('bench.html has no element with the id “root”.');
mountBench(root);
