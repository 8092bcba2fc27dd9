import { receive } from './trainerHost';

addEventListener('message', ({ data }: MessageEvent<unknown>) => receive(data));
