/** Where the browsers beside Chromium are, and the display that WebKitGTK needs; installed where they are not. */
export declare function ensureDesktopBrowsers(): {
  readonly firefox: string
  readonly webkitDriver: string
  readonly xvfb: string
}
