/** The executable of a Chromium or Chrome: `CHROMIUM_PATH`, an installed one, or one that is installed now. */
export function ensureBrowser(): Promise<string>
/** NSS' `certutil`, which writes the certificate stores of Chromium and Firefox on Linux. */
export function ensureCertutil(): Promise<string>
