/**
 * Records from now on when each frame began, and the duration of each long task (the browser
 * reports those over 50 ms).
 */
export function watchFrames() {
  const seen = { begun: [], longTasks: [] }
  const note = (time) => {
    seen.begun.push(time)
    requestAnimationFrame(note)
  }
  requestAnimationFrame(note)
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) seen.longTasks.push({ startTime, duration })
  }).observe({ type: 'longtask' })
  return seen
}
