import { receive } from './arrangeHost';

addEventListener('message', ({ data }: MessageEvent<unknown>) => receive(data));
