import { Button, Code, Container, Stack, Text, Title } from '@mantine/core';
import { Component, type ReactNode } from 'react';

/** A fault in the page's own drawing ends here: a sentence and a way on, never a blank page. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly error: Error | null }> {
  override state: { readonly error: Error | null } = { error: null };

  static getDerivedStateFromError(thrown: unknown): { readonly error: Error } {
    return { error: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <Container size="sm" py="xl" role="alert">
        <Stack align="start">
          <Title order={1} size="h3">
            The page could not be drawn
          </Title>
          <Text>
            This is a fault of the page, not of your images or settings. The address holds all settings: load the page
            again to go on with them.
          </Text>
          <Code block>{error.message}</Code>
          <Button onClick={() => window.location.reload()}>Load the page again</Button>
        </Stack>
      </Container>
    );
  }
}
