import { mountLab } from './ui/mountLab';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id “root”.');
mountLab(root);
