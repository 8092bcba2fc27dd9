import { useDataset, useExploring } from '../lab';
import { grouped } from '../numbers';
import { ExploreButton } from './ExploreControls';
import classes from './ExplorePlace.module.css';
import { TaskProgress } from './TaskProgress';

/** In place of the map and the lists, before the images in use were explored. */
export function ExploreStart() {
  const info = useDataset((data) => data.info);
  const task = useExploring((state) => state.task);
  return (
    <section className={classes.start} aria-label="Explore the images">
      <h2>See all your images at once</h2>
      <p>
        A map on which like images lie together; what is there twice, odd, or of poor quality; and a search with any
        picture. A run goes on afterwards. Nothing leaves this computer.
      </p>
      {task === null ? (
        <ExploreButton words={info === null ? 'Explore the images' : `Explore ${grouped(info.count)} images`} />
      ) : (
        <TaskProgress task={task} />
      )}
    </section>
  );
}
