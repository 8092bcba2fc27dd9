import { Button, Code, Container, Stack, Text, Title } from '@mantine/core';
import { Component, type ReactNode } from 'react';

/** Catches errors in rendering and shows a message with a button to reload, instead of a blank page. */
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
            The page could not be displayed
          </Title>
          <Text>
            This is an error in the page, not in your images or settings. All settings are in the address: reload the
            page to continue with them.
          </Text>
          <Code block>{error.message}</Code>
          <Button onClick={() => window.location.reload()}>Reload the page</Button>
        </Stack>
      </Container>
    );
  }
}
