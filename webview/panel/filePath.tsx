/** A path whose end stays readable when there is too little room: the folder gives way, the name does not. */
export function FilePath({ path }: { readonly path: string }) {
  const cut = path.lastIndexOf('/') + 1;
  // An empty box in its place would shift the line that the row stands on.
  const folder = cut > 0 ? <span class="path-folder">{path.slice(0, cut)}</span> : null;
  return (
    <span class="path" title={path}>
      {folder}
      <span class="path-name">{path.slice(cut) || '(no file yet)'}</span>
    </span>
  );
}
