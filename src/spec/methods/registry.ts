import type { MethodName } from '../runConfig';
import type { MethodDescription } from './methodDescription';
import { simsiam } from './simsiam';

/** Every method the page offers; the engine has an implementation for each. */
export const METHODS: Record<MethodName, MethodDescription> = { simsiam };
