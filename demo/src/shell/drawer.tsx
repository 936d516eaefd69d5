import { useEffect, useRef } from 'react'
import { usePage } from '../page.js'
import { useDrawer } from './menu-button.js'
import { SidebarContent } from './sidebar.js'

const close = (): void => useDrawer.setState({ isOpen: false })

/** The sidebar of a narrow screen. A modal dialog: it keeps the focus, and Escape closes it. */
export function Drawer() {
  const dialog = useRef<HTMLDialogElement>(null)
  const isOpen = useDrawer((drawer) => drawer.isOpen)

  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isOpen])
  // A choice closes it. Its own start does not: it may be open before its code is loaded.
  useEffect(
    () =>
      usePage.subscribe((page, before) => {
        if (page.view !== before.view || page.room !== before.room) close()
      }),
    [],
  )

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the backdrop; its key is Escape
    <dialog
      ref={dialog}
      aria-label="Menu"
      onClose={close}
      onClick={(event) => event.target === event.currentTarget && close()}
      className="drawer m-0 h-dvh max-h-none w-72 max-w-[85vw] border-line border-r bg-panel text-text"
    >
      {isOpen && <SidebarContent onChoose={close} />}
    </dialog>
  )
}
