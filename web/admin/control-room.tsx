/** The control room, once its operator is known. */
export function ControlRoom({ isOpenMode }: { readonly isOpenMode: boolean }) {
  return <h1>{isOpenMode ? "Open" : "Control room"}</h1>
}
