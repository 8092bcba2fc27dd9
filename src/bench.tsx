import { createRoot } from 'react-dom/client';
import { BenchPage } from './ui/bench/BenchPage';

const root = document.getElementById('root');
if (root === null) throw new Error('bench.html has no element with the id “root”.');
createRoot(root).render(<BenchPage />);
