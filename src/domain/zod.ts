import { z } from 'zod';

// Otherwise zod tries whether it may compile code, which the page's Content-Security-Policy forbids and reports as a violation.
z.config({ jitless: true });

export { z };
