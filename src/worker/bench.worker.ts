import { receive } from './benchMessages';

addEventListener('message', ({ data }: MessageEvent<unknown>) => receive(data));
