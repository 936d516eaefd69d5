/** What this page knows of the way to relays, which all of its clients share: whether WebSockets were refused where plain HTTP went through. */
export const road: { blocked?: boolean } = {}

try {
  road.blocked = !!sessionStorage.wildcast // by an earlier page of this tab
} catch {
  // no browser, or one that lets nothing be kept
}
