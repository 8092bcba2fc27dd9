export function enableGitHooks(root?: string): boolean;
