import { useEffect, useState } from 'react';
import { Thumbnail, useImageName } from '../../images/Thumbnail';
import classes from './ChosenPanel.module.css';

/** What was searched by. */
export function QueryPicture({ query }: { readonly query: number | Blob }) {
  return (
    <div className={classes.query}>
      {typeof query === 'number' ? <OwnImage image={query} /> : <OtherPicture picture={query} />}
    </div>
  );
}

function OwnImage({ image }: { readonly image: number }) {
  const name = useImageName(image);
  return (
    <>
      <div className={classes.queryPicture}>
        <Thumbnail index={image} decorative />
      </div>
      <span>{name}</span>
    </>
  );
}

function OtherPicture({ picture }: { readonly picture: Blob }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(picture);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [picture]);
  const name = picture instanceof File && picture.name !== '' ? picture.name : 'a pasted picture';
  return (
    <>
      {/* A format that the browser does not show itself has its name alone. */}
      {url !== null && (
        <img
          className={classes.queryPicture}
          src={url}
          alt=""
          onError={({ currentTarget }) => currentTarget.remove()}
        />
      )}
      <span>{name}</span>
    </>
  );
}
