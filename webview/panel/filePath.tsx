/** A path whose end stays readable when there is too little room: the folder gives way, the name does not. */
export function FilePath({ path }: { readonly path: string }) {
  const cut = path.lastIndexOf('/') + 1;
  return (
    <span class="path" title={path}>
      <span class="path-folder">{path.slice(0, cut)}</span>
      <span class="path-name">{path.slice(cut) || '(no file yet)'}</span>
    </span>
  );
}
