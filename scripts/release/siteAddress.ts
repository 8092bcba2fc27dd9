/**
 * The address at which a site will be served, ending in a slash.
 * @throws Error when it is no address of a web server
 */
export function siteAddress(text: string): string {
  if (!URL.canParse(text))
    throw new Error(`--url ${text} is not an address: give one such as https://example.org/lab/.`);
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol)) {
    throw new Error(`--url ${text}: a web server serves the page, by https or http; it does not run as a file.`);
  }
  return `${url.origin}${url.pathname.replace(/\/?(index\.html)?$/, '/')}`;
}
