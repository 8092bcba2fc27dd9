/** A mistake in the command line, printed with the usage and without a stack trace; the message says what to write instead. */
export class UsageError extends Error {}
