// Before the first paint: the colour scheme that was chosen, else the system's. Mantine takes over from here.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('simsiam-lab-color-scheme');
  } catch {
    // Storage is blocked: the system's scheme it is.
  }
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
